"""A web page that shows a stream arrive; needs the extra ``serve``."""
