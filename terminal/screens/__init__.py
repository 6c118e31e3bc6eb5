"""The screens: functions from a session and a tone to controls. They decide nothing and keep nothing."""
