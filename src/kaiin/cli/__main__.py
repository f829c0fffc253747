from kaiin.cli import main

main()
