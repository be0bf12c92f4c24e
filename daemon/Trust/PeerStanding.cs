namespace FedAi.Daemon.Trust;

/// <summary>
/// How this daemon sees a key: named by its operator as a friend, vouched for by the web of trust, unknown where there is no such web,
/// below its least score where there is one, kept out by an allow list, muted or blocked.
/// </summary>
internal enum PeerStanding { Known, Trusted, Stranger, Distrusted, NotAllowed, Muted, Blocked }
