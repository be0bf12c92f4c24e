namespace FedAi.Runners.Templates;

/// <summary>A template that cannot be followed: a construct that is not known, a limit, or the template's own complaint. Never leaves this folder.</summary>
internal sealed class TemplateException(string reason, bool raised = false) : Exception(reason)
{
    /// <summary>The template itself refuses these messages.</summary>
    public bool Raised { get; } = raised;
}
