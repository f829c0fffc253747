# The tenant file and what it declares: for people who run the installation.
sites-no_tenant = This installation has no tenant yet. Write a tenant file and run: kaiin apply FILE
sites-unknown_site = There is no site “{ $site }”.
sites-bad_tenant_file = { $file } has { $count ->
    [one] one error
   *[other] { $count } errors
 }. Nothing was changed.
billing-tenant_refused = { $count ->
    [one] One change would hurt members and is refused
   *[other] { $count } changes would hurt members and are refused
 }. Nothing was changed.
