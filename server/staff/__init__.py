"""People, devices and enrolment: the pages and the API of those who look after them."""
