namespace FedAi.Daemon.Router;

/// <summary>Who may use this router from other machines (DECISIONS E18); on this machine any valid signature will do.</summary>
internal sealed record AdmitOptions
{
    /// <summary>Which nodes may register: listed (filter.allow or filter.follow) or anyone. Default: listed.</summary>
    public Admit Nodes { get; init; } = Admit.Listed;

    /// <summary>Which clients may ask: listed or anyone. Default: anyone, within the rate limits.</summary>
    public Admit Clients { get; init; } = Admit.Anyone;
}
