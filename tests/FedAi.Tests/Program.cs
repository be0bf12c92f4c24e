using FedAi.Tests.Daemon.Store;

// Tests run inside the test host; this entry point is for tests that need a second process which they can kill.
return args switch
{
    ["store-writer", var path] => await StoreWriterProcess.RunAsync(path),
    _ => 2,
};
