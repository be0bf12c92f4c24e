namespace FedAi.Runners.Templates;

/// <summary>What a template can call by name.</summary>
internal delegate object? TemplateFunction(GivenValues given);
