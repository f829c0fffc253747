# Terms of use and privacy policy, and members' consent.
documents-title-terms = Terms of use
documents-title-privacy = Privacy policy
documents-applies_since = Version { $version }, in force since { $day }
documents-applies_from = Version { $version }, in force from { $day }
documents-old = This is an earlier version. Version { $version } is in force now
documents-to_current = Read the present { $title } (version { $version })
documents-coming = Version { $version } takes its place on { $day }
documents-to_coming = Read the new { $title } (version { $version })
documents-elsewhere = The full text stands on this page:
documents-others = Other versions
documents-version_from = Version { $version } (from { $day })
