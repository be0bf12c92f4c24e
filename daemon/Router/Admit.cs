namespace FedAi.Daemon.Router;

/// <summary>Whose valid signature is enough.</summary>
internal enum Admit { Listed, Anyone }
