/// <reference lib="dom" />
/// <reference lib="dom.iterable" />

/** The filter above the torrents, which searches the text of the rows. Hidden if there are few. */
export function createFilter() {
  const minRows = 8;
  const find = (id: string) => document.getElementById(id);

  function refresh(): void {
    const [input, list, box] = [find('filter'), find('torrents'), find('filter-box')];
    if (!(input instanceof HTMLInputElement) || list === null || box === null) return;
    const filterText = input.value.trim().toLowerCase();
    box.hidden = list.childElementCount <= minRows && filterText === '';
    let matches = 0;
    for (const row of list.children) {
      if (!(row instanceof HTMLElement)) continue;
      row.hidden = filterText !== '' && !(row.textContent ?? '').toLowerCase().includes(filterText);
      if (!row.hidden) matches += 1;
    }
    const [count, none] = [find('filter-count'), find('none')];
    if (count !== null)
      count.textContent = filterText === '' ? '' : `${matches} of ${list.childElementCount}`;
    if (none !== null) none.hidden = filterText === '' || matches > 0;
  }

  document.addEventListener('input', ({ target }) => {
    if (target instanceof Element && target.id === 'filter') refresh();
  });
  return refresh;
}
