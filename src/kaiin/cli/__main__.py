from kaiin.cli.app import main

main()
