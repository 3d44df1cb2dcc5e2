// What every page needs. Nothing here knows a page: behaviour hangs on data-… attributes (docs/how-to/pages.md).
import htmx from "htmx.org";
import "./dialogs.js";
import "./forms.js";
import "./keyboard.js";
import "./lists.js";
import "./menus.js";
import "./theme.js";
import "./times.js";
import "./uploads.js";
import "./compose.js";
import "./toasts.js";
import "./passkeys.js";

htmx.config.allowEval = false; // the pages' security policy forbids it anyway
htmx.config.includeIndicatorStyles = false;
htmx.config.historyCacheSize = 0; // documents do not stay in the browser after signing out
htmx.config.refreshOnHistoryMiss = true;
htmx.config.scrollBehavior = "auto";
htmx.config.defaultSettleDelay = 0; // what is seen answers at once: no key pressed on it is lost
htmx.config.responseHandling = [
  { code: "204", swap: false },
  { code: "[23]..", swap: true },
  { code: "422", swap: true }, // a form comes back with its errors
  { code: "[45]..", swap: false, error: true },
];
