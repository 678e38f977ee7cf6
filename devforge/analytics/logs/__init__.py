"""Access logs of web servers and CDNs, read into lines that all look alike. Pure."""
