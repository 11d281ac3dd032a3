using System;
using System.Collections.Generic;
using System.Drawing;
using System.Globalization;
using System.IO;
using System.Linq;
using EchoNative.Testing;
using OpenQA.Selenium;
using OpenQA.Selenium.Chrome;

namespace EchoNative.TraceTests;

/// <summary>A Chromium without a screen. Browser and driver come from the system; nothing is downloaded.</summary>
public sealed class Browser : IDisposable
{
    private static readonly Size s_window = new(1200, 900);

    private readonly DirectoryInfo _profile = Directory.CreateTempSubdirectory("echo-trace-browser-");
    private readonly ChromeDriverService _service;
    private readonly ChromeDriver _driver;

    /// <summary>Starts it.</summary>
    public Browser()
    {
        string driver = Tool.Find("chromedriver", "chromium-driver");
        ChromeOptions options = new() { BinaryLocation = Tool.Find("chromium", "chromium") };
        options.AddArguments(
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--disable-dev-shm-usage",
            $"--window-size={s_window.Width},{s_window.Height}",
            $"--user-data-dir={_profile.FullName}");
        options.SetLoggingPreference(LogType.Browser, LogLevel.All);
        _service = ChromeDriverService.CreateDefaultService(Path.GetDirectoryName(driver), Path.GetFileName(driver));
        _service.SuppressInitialDiagnosticInformation = true;
        _driver = new ChromeDriver(_service, options, TimeSpan.FromMinutes(2));
    }

    /// <summary>The driver of the browser.</summary>
    public ChromeDriver Driver => _driver;

    /// <summary>What pages have written to the console since the last call.</summary>
    public IReadOnlyList<string> TakeConsole() =>
        [.. _driver.Manage().Logs.GetLog(LogType.Browser).Select(entry => $"{entry.Level} {entry.Message}")];

    /// <summary>Opens a file.</summary>
    public void Open(string file) => _driver.Navigate().GoToUrl(new Uri(file));

    /// <summary>The value of a script.</summary>
    public object? Ask(string script, params object[] arguments) => _driver.ExecuteScript("return " + script, arguments);

    /// <summary>The value of a script, as a number.</summary>
    public double AskNumber(string script, params object[] arguments) =>
        Convert.ToDouble(Ask(script, arguments), CultureInfo.InvariantCulture);

    /// <summary>Sends keys to the element that has the focus.</summary>
    public void Press(string keys) => _driver.SwitchTo().ActiveElement().SendKeys(keys);

    /// <inheritdoc/>
    public void Dispose()
    {
        _driver.Quit();
        _service.Dispose();
        _driver.Dispose();
        Deadline.WaitUntil(TryDeleteProfile, "no process writes into the browser's profile");
    }

    private bool TryDeleteProfile()
    {
        try
        {
            _profile.Delete(recursive: true);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
