namespace FedAi.Runners.Templates;

/// <summary>The value of a name that has none: empty when printed, false when asked, and nothing else.</summary>
internal sealed class Undefined
{
    public static readonly Undefined Value = new();

    private Undefined()
    {
    }
}
