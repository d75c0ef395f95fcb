"""One file a page; each holds a `router` that `cognoscope.web.app.ROUTERS` names."""
