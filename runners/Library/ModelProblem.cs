namespace FedAi.Runners.Library;

/// <summary>Why something did not happen with a model, and what to do; <paramref name="MayPass"/>: nothing is wrong with what was asked, so the same may work later.</summary>
public sealed record ModelProblem(string Text, bool MayPass = false);
