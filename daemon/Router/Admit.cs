namespace FedAi.Daemon.Router;

/// <summary>Whose valid signature is enough: keys the operator named, also those the web of trust vouches for, or any.</summary>
internal enum Admit { Listed, Wot, Anyone }
