namespace FedAi.Daemon.Node;

/// <summary>How routers reach this node (node.reach, DECISIONS E13).</summary>
internal enum NodeReach { Auto, Direct, Reverse }
