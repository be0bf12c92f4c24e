namespace FedAi.Daemon.Trust;

/// <summary>How the operator's lists speak of a key: named as a friend, not named, kept out by an allow list, muted or blocked.</summary>
internal enum PeerStanding { Known, Stranger, NotAllowed, Muted, Blocked }
