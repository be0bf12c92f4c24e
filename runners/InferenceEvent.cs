namespace FedAi.Runners;

/// <summary>
/// One step of an answer on its way from the model to the client (ARCHITECTURE §4): started, deltas, then end or failure.
/// </summary>
public abstract record InferenceEvent;
