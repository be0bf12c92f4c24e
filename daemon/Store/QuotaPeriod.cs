namespace FedAi.Daemon.Store;

/// <summary>For how long a token quota is: for good, or anew with each UTC day or month.</summary>
internal enum QuotaPeriod { Total, Day, Month }
