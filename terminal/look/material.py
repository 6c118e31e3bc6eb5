"""Flet's own themes from the table: every Material role set by hand, no seed.

A seed would tint surfaces and invent its own reds. Flet knows light and dark only, so high contrast takes
both places.
"""

from __future__ import annotations

import flet as ft

from shared.look import CONTRAST, DARK, LIGHT, Theme
from terminal.look.tone import FONTS, type_style

CHOICES = ("system", "light", "dark", "contrast")


def colour_scheme(theme: Theme) -> ft.ColorScheme:
    """The Material roles of a theme: error is stop, tertiary is approval, secondary is ink on fill."""
    approval = theme.outcomes["awaiting_approval"]
    refused = theme.outcomes["refused"]
    return ft.ColorScheme(
        primary=theme.primary.ground,
        on_primary=theme.primary.on,
        primary_container=theme.primary_soft.ground,
        on_primary_container=theme.primary_soft.on,
        secondary=theme.ink,
        on_secondary=theme.card,
        secondary_container=theme.fill,
        on_secondary_container=theme.ink,
        tertiary=approval.text,
        on_tertiary=theme.card,
        tertiary_container=approval.chip.ground,
        on_tertiary_container=approval.chip.on,
        error=theme.stop.ground,
        on_error=theme.stop.on,
        error_container=refused.chip.ground,
        on_error_container=refused.chip.on,
        surface=theme.page,
        on_surface=theme.ink,
        on_surface_variant=theme.ink_2,
        outline=theme.line,
        outline_variant=theme.hair,
        shadow=theme.ink,
        scrim=theme.ink,
        surface_tint=ft.Colors.TRANSPARENT,
        surface_bright=theme.card,
        surface_dim=theme.page,
        surface_container_lowest=theme.card,
        surface_container_low=theme.card,
        surface_container=theme.fill,
        surface_container_high=theme.fill_2,
        surface_container_highest=theme.fill_2,
        **_inverse_roles(theme),
        **_fixed_roles(theme),
    )


def _inverse_roles(theme: Theme) -> dict[str, str]:
    """The roles of what stands out from the page by turning it over."""
    return {
        "inverse_surface": theme.strip.ground,
        "on_inverse_surface": theme.strip.on,
        "inverse_primary": theme.primary_soft.ground,
    }


def _fixed_roles(theme: Theme) -> dict[str, str]:
    """The roles that Material keeps alike in light and dark; ours follow the theme."""
    return {
        "primary_fixed": theme.primary_soft.ground,
        "primary_fixed_dim": theme.primary_soft.ground,
        "on_primary_fixed": theme.primary_soft.on,
        "on_primary_fixed_variant": theme.primary_soft.on,
        "secondary_fixed": theme.fill,
        "secondary_fixed_dim": theme.fill_2,
        "on_secondary_fixed": theme.ink,
        "on_secondary_fixed_variant": theme.ink,
        "tertiary_fixed": theme.outcomes["awaiting_approval"].chip.ground,
        "tertiary_fixed_dim": theme.outcomes["awaiting_approval"].chip.ground,
        "on_tertiary_fixed": theme.outcomes["awaiting_approval"].chip.on,
        "on_tertiary_fixed_variant": theme.outcomes["awaiting_approval"].chip.on,
    }


def material_theme(theme: Theme) -> ft.Theme:
    """Flet's theme for what the kit does not draw itself: text fields, dialogs, scroll bars."""
    none = ft.PageTransitionTheme.NONE
    return ft.Theme(
        color_scheme=colour_scheme(theme),
        font_family="Roboto",
        text_theme=ft.TextTheme(
            body_large=type_style("body", theme.ink),
            body_medium=type_style("body", theme.ink),
            body_small=type_style("least", theme.ink),
            title_large=type_style("title", theme.ink),
            headline_medium=type_style("headline", theme.ink),
            label_large=type_style("item_name", theme.ink),
        ),
        visual_density=ft.VisualDensity.STANDARD,
        page_transitions=ft.PageTransitionsTheme(
            android=none, ios=none, linux=none, macos=none, windows=none
        ),
        scaffold_bgcolor=theme.page,
        splash_color=ft.Colors.TRANSPARENT,
        highlight_color=ft.Colors.TRANSPARENT,
    )


def chosen_theme(choice: str, *, system_is_dark: bool) -> Theme:
    """The theme of a choice in the settings; `system` follows the device."""
    named = {"light": LIGHT, "dark": DARK, "contrast": CONTRAST}
    return named.get(choice) or (DARK if system_is_dark else LIGHT)


def dress(page: ft.Page, choice: str = "system") -> Theme:
    """Give the page fonts and themes; returns the theme to draw with. Call it again when either changes."""
    page.fonts = dict(FONTS)
    theme = chosen_theme(choice, system_is_dark=page.platform_brightness == ft.Brightness.DARK)
    page.theme = material_theme(CONTRAST if theme is CONTRAST else LIGHT)
    page.dark_theme = material_theme(CONTRAST if theme is CONTRAST else DARK)
    page.theme_mode = ft.ThemeMode.DARK if theme is DARK else ft.ThemeMode.LIGHT
    page.bgcolor = theme.page
    page.padding = 0
    page.spacing = 0
    return theme
