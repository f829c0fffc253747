// htmx would write a <style> of its own into the page, which the page's policy forbids.
htmx.config.includeIndicatorStyles = false;
// Nothing here needs htmx to run code from attributes.
htmx.config.allowEval = false;
