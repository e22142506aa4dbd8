"""Whether anything but the two texts tells, before the verdict, which model wrote which answer: `make blind`."""
