namespace FedAi.Runners.Library;

/// <summary>Where a model stands that a node is to serve, the full path of its file, and why it is not offered if that is known.</summary>
public sealed record ModelStanding(string Name, string File, ModelState State, string? Problem);
