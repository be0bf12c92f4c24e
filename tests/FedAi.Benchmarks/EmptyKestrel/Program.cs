using System.Net.Sockets;
using System.Text;

var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
builder.Logging.ClearProviders();
builder.WebHost.UseUrls("http://127.0.0.1:0");
var app = builder.Build();
app.MapGet("/health", () => "ok");
await app.StartAsync();

// Says that it is ready in the same two ways as fedai.
using (var notify = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified))
    notify.SendTo(Encoding.UTF8.GetBytes("READY=1"), new UnixDomainSocketEndPoint(Environment.GetEnvironmentVariable("NOTIFY_SOCKET")!));
Console.WriteLine($"listens on {app.Urls.Single()}");
await app.WaitForShutdownAsync();
