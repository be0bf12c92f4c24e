return await FedAi.Daemon.Cli.FedAiCommand.RunAsync(args);
