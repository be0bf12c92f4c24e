namespace FedAi.Daemon.Router;

/// <summary>Who may use this router from other machines (DECISIONS E18); on this machine any valid signature will do.</summary>
internal sealed record AdmitOptions
{
    /// <summary>Which nodes may register: listed (filter.allow or filter.follow), wot (also keys with at least filter.wot.minScore) or anyone. Default: wot.</summary>
    public Admit Nodes { get; init; } = Admit.Wot;

    /// <summary>Which clients may ask: listed, wot or anyone. Default: anyone, within the rate limits.</summary>
    public Admit Clients { get; init; } = Admit.Anyone;
}
