namespace FedAi.Daemon.Hosting;

/// <summary>What one daemon process is (ARCHITECTURE §1).</summary>
internal enum Role { Node, Router, Gateway, Relay }
