namespace FedAi.Daemon.Router;

/// <summary>What a router lets others do.</summary>
internal sealed record RouterOptions
{
    /// <summary>Who may register and ask from other machines.</summary>
    public AdmitOptions Admit { get; init; } = new();
}
