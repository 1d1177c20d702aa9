"""The comment service. To change …, go to:

what the database holds      models/, migrations/, store/ (all SQL)
what a person may do         policy.py; what happens then: comments.py, likes.py, pages.py (the verbs)
what holds a comment         spam/ (the checks), screening.py (asks them), learning.py, asking.py (Akismet)
which thread a URL is        page_key.py
how text becomes HTML        text.py
what is shown                tree.py, render.py, ../templates/, ../static/
an address or its answer     routes.py, handlers/
how reading stays fast       cache.py, fast_path.py
one's own account            account.py, joining.py, erasing.py, exporting.py (the verbs), account_page.py
what a person looks like     faces.py, avatars.py (fetched), pictures.py (made small)
what is mailed               mail.py (how), ../templates/mail/
a setting                    settings.py (the process), sites.py (a site)
a backup                     backup/
a command                    cli.py, commands/; import formats: transfer/; what is wrong with a page: doctor/
who somebody is              ../auth/
"""
