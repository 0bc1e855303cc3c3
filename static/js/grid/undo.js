// What was changed, one step for each action, as lists of { cell, from, to }.
export function undoing(limit = 200) {
  const done = [];
  const undone = [];

  function push(changes) {
    const real = changes.filter(({ from, to }) => from !== to);
    if (!real.length) return;
    done.push(real);
    if (done.length > limit) done.shift();
    undone.length = 0;
  }

  // The changes that take the last step back, or do it again; null when there is none.
  function undo() {
    const step = done.pop();
    if (step) undone.push(step);
    return step ? step.map(({ cell, from }) => ({ cell, to: from })) : null;
  }

  function redo() {
    const step = undone.pop();
    if (step) done.push(step);
    return step ? step.map(({ cell, to }) => ({ cell, to })) : null;
  }

  return { push, undo, redo };
}
