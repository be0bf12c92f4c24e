using FedAi.Daemon.Capability;

namespace FedAi.Daemon.Router;

/// <summary>What a router lets others do.</summary>
internal sealed record RouterOptions
{
    /// <summary>Who may register and ask from other machines.</summary>
    public AdmitOptions Admit { get; init; } = new();

    /// <summary>What a machine must have to be called capable of a router.</summary>
    public RouterMinimums Minimums { get; init; } = new();
}
