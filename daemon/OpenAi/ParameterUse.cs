namespace FedAi.Daemon.OpenAi;

/// <summary>The three lists of parameters (docs/CONFORMANCE.md). Members that are in none are accepted and counted.</summary>
internal enum ParameterUse
{
    /// <summary>It does what OpenAI says it does.</summary>
    Honoured,

    /// <summary>Accepted, because it cannot change the answer.</summary>
    WithoutEffect,

    /// <summary>Refused by name, except for values that mean the same as leaving it out: the client would get something else than it asked for.</summary>
    Refused,
}
