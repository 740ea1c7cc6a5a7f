import type { AnyActorRef, AnyActorScope, AnyMachineSnapshot, AnyStateMachine, EventObject } from 'xstate';

type Transition = (snapshot: AnyMachineSnapshot, event: EventObject, scope: AnyActorScope) => unknown;

/** The machine with another transition function, also after `provide`. */
function withTransition<Machine extends AnyStateMachine>(
  machine: Machine,
  wrap: (next: Transition) => Transition,
): Machine {
  const next: Transition = machine.transition.bind(machine);
  const provide: (implementations: object) => AnyStateMachine = machine.provide.bind(machine);
  return Object.assign(machine, {
    transition: wrap(next),
    provide: (implementations: object) => withTransition(provide(implementations), wrap),
  });
}

const childrenOf = ({ children }: AnyMachineSnapshot) => Object.values<AnyActorRef>(children);

/**
 * Stops the children of a service that crashes, so that their signals abort: XState leaves them running (the comment at
 * `Actor._stopProcedure`), and a request of a service that was restarted would have its effect twice.
 */
export const stopChildrenOnCrash = <Machine extends AnyStateMachine>(machine: Machine): Machine =>
  withTransition(machine, (next) => (snapshot, event, scope) => {
    try {
      return next(snapshot, event, scope);
    } catch (error) {
      for (const child of childrenOf(snapshot)) scope.stopChild(child);
      throw error;
    }
  });

/**
 * Drops all children at once when the actor is stopped. XState stops them one by one and copies the record of the
 * remaining ones each time, which is quadratic. Only for children without a timer, a request or a child of their own.
 */
export const dropChildrenOnStop = <Machine extends AnyStateMachine>(machine: Machine): Machine =>
  withTransition(
    machine,
    (next) => (snapshot, event, scope) =>
      event.type === 'xstate.stop'
        ? { ...snapshot, status: 'stopped', children: {} }
        : next(snapshot, event, scope),
  );
