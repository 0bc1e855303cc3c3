// How saving stands, in the status line and by the buttons that are offered.
import { clock } from "./words.js";

export function reporting(form, status) {
  return (open, flying, problem) => {
    const count = open.size;
    const inState = (name) => [...open].filter(({ td }) => td.dataset.state === name).length;
    const [invalid, conflicts] = [inState("invalid"), inState("conflict")];
    offer("[data-retry]", problem);
    offer("[data-sign-in]", problem?.kind === "session" || problem?.kind === "user");
    if (problem) status.stand(problem.kind, { count, detail: problem.detail }, "bad");
    else if (conflicts) status.stand("conflicts", { count: conflicts }, "warn");
    else if (invalid) status.stand("invalids", { count: invalid }, "bad");
    else if (flying.size) status.stand("saving", { count: flying.size }, "", 400);
    else if (count) status.stand("unsaved", { count }, "", 400);
    else status.stand("all-saved", { time: clock() }, "ok");
  };

  function offer(selector, wanted) {
    form.querySelectorAll(selector).forEach((element) => (element.hidden = !wanted));
  }
}
