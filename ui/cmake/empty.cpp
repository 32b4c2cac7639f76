// Lets a library exist whose folder has only headers.
