"""Facts: what land there is, who answers for it and what happened to it.

Owns divisions, users and their scope, the indicator catalogue, annual statements with their figures, and the site's
settings. Knows nothing of targets (`quotas`) or verdicts (`assessments`).
"""
