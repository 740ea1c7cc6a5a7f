/** Manifests of the base with one fault each, about the rules file. */
import { fault } from './faults.ts';
import type { Fault, Scene } from './faults.ts';

function addRules({ manifests, settings }: Scene, text: string): void {
  const metadata = { name: 'qbit-ntfy-rules' };
  manifests.push({ apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { 'rules.yaml': text } });
  settings['RULES_FILE'] = '/rules/rules.yaml';
}

export const rulesFaults: Record<string, Fault> = {
  'a file that is mounted alone': fault(
    'environment',
    /mounts qbit-ntfy-rules with a subPath: it is never updated/,
    ({ sidecar }) => {
      for (const mount of sidecar.volumeMounts ?? [])
        if (mount.name === 'qbit-ntfy-rules') mount.subPath = 'rules.yaml';
    },
  ),
  'rules in no ConfigMap': fault(
    'environment',
    /RULES_FILE is \/rules\/rules\.yaml, which is in no mounted ConfigMap/,
    ({ settings }) => {
      settings['RULES_FILE'] = '/rules/rules.yaml';
    },
  ),
  'rules in a folder that is not mounted': fault(
    'environment',
    /RULES_FILE is \/etc\/rules\.yaml, which/,
    (scene) => {
      addRules(scene, 'rules: []');
      scene.settings['RULES_FILE'] = '/etc/rules.yaml';
    },
  ),
  'an invalid rules file': fault('environment', /rules\.yaml:1:11: .* unknown key "nam"/, (scene) =>
    addRules(scene, 'rules: [{ nam: a }]'),
  ),
  'a ConfigMap of rules that has to exist': fault(
    'references',
    /ConfigMap qbit-ntfy-rules that/,
    ({ pod }) => {
      for (const { configMap } of pod.volumes ?? []) delete configMap?.optional;
    },
  ),
};
