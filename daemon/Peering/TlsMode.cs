namespace FedAi.Daemon.Peering;

/// <summary>How this daemon encrypts what it serves (http.tls.mode, DECISIONS E12).</summary>
internal enum TlsMode { None, Pinned, Files }
