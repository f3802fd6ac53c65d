// Polls (`data-quiet`) neither show the busy line nor complain when the server is away for a moment.
["beforeRequest", "afterRequest", "sendError", "timeout", "responseError"].forEach((name) => {
  addEventListener(`htmx:${name}`, (event) => { if (event.target.matches?.("[data-quiet]")) event.stopPropagation(); }, true);
});
