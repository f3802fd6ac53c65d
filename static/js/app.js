// Entry of every page: marks the page as scripted, then loads one module per behaviour.
import "./theme.js";
import "./countdown.js";
import "./menu.js";
import "./dialog.js";
import "./tabs.js";
import "./toast.js";
import "./submit-once.js";
import "./draft.js";
import "./file-picker.js";
import "./keyboard.js";
import "./rows.js";
import "./rail.js";
import "./htmx-errors.js";
import "./chart.js";
