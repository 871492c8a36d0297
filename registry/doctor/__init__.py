"""What the doctor looks at: installation, machine, store, secrets; each with its mend."""
