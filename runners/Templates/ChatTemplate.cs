namespace FedAi.Runners.Templates;

/// <summary>
/// A model's chat template, in the subset of Jinja that such templates use. It comes from a stranger's file: what it may
/// cost is bounded, and a construct that is not known is an error, never a guess.
/// </summary>
internal sealed class ChatTemplate
{
    private readonly IReadOnlyList<Statement> body;

    private ChatTemplate(IReadOnlyList<Statement> body) => this.body = body;

    /// <summary>Null and why not.</summary>
    public static ChatTemplate? TryRead(string source, out string? problem)
    {
        problem = null;
        try
        {
            return new(StatementParser.Read(source));
        }
        catch (TemplateException exception)
        {
            problem = exception.Message;
            return null;
        }
    }

    /// <summary>The text for these values; null and why not. Raised says that the template itself refuses the messages.</summary>
    public string? TryRender(IEnumerable<KeyValuePair<string, object?>> values, DateTimeOffset now, out string? problem, out bool raised)
    {
        (problem, raised) = (null, false);
        try
        {
            var budget = new TemplateBudget();
            var scope = new Scope(null);
            TemplateFunctions.AddTo(scope, now, budget);
            foreach (var (name, value) in values) scope[name] = value;
            return new Renderer(budget).Render(body, scope);
        }
        catch (TemplateException exception)
        {
            (problem, raised) = (exception.Message, exception.Raised);
            return null;
        }
    }
}
