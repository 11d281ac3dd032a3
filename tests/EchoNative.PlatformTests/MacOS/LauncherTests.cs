using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using EchoNative.Testing;

namespace EchoNative.PlatformTests.MacOS;

/// <summary>
/// The launcher for macOS on arm64, which starts no program without a signature. It can't be started here, but its signature can
/// be checked: the hash of each page has to be the one that is signed. See cs_blobs.h and mach-o/loader.h of macOS.
/// </summary>
public sealed class LauncherTests
{
    private const int HeaderLength = 32;
    private const uint SignatureCommand = 0x1d; // LC_CODE_SIGNATURE
    private const uint SignatureMagic = 0xfade0cc0; // CSMAGIC_EMBEDDED_SIGNATURE
    private const uint DirectoryMagic = 0xfade0c02; // CSMAGIC_CODEDIRECTORY
    private const uint AdHoc = 0x2; // CS_ADHOC

    private static readonly byte[] s_file = File.ReadAllBytes(
        Path.Combine(Binary.Root, "artifacts/portable/publish/EchoNative/release_osx-arm64/echo-native"));

    [Fact]
    public void It_has_an_ad_hoc_signature_of_all_its_pages()
    {
        int signature = FindSignature();
        Assert.Equal(SignatureMagic, BigEndian(signature));
        int[] blobs = [.. Enumerable.Range(0, (int)BigEndian(signature + 8)).Select(
            blob => signature + (int)BigEndian(signature + 12 + (8 * blob) + 4))];
        int directory = Assert.Single(blobs, blob => BigEndian(blob) == DirectoryMagic);
        Assert.Equal(AdHoc, BigEndian(directory + 12) & AdHoc);

        int hashes = directory + (int)BigEndian(directory + 16);
        int pages = (int)BigEndian(directory + 28);
        int signedLength = (int)BigEndian(directory + 32);
        int pageLength = 1 << s_file[directory + 39];
        Assert.Equal(signature, signedLength);
        Assert.Equal((signedLength + pageLength - 1) / pageLength, pages);
        Assert.All(Enumerable.Range(0, pages), page =>
        {
            int start = page * pageLength;
            int hash = hashes + (page * SHA256.HashSizeInBytes);
            byte[] bytes = s_file[start..Math.Min(start + pageLength, signedLength)];
            Assert.Equal(s_file[hash..(hash + SHA256.HashSizeInBytes)], SHA256.HashData(bytes));
        });
    }

    // The load commands follow the header: each begins with its number and its length.
    private static int FindSignature()
    {
        List<int> found = [];
        int command = HeaderLength;
        for (uint left = LittleEndian(16); left > 0; left--)
        {
            if (LittleEndian(command) == SignatureCommand)
            {
                found.Add((int)LittleEndian(command + 8));
            }

            command += (int)LittleEndian(command + 4);
        }

        return Assert.Single(found);
    }

    private static uint LittleEndian(int offset) => BinaryPrimitives.ReadUInt32LittleEndian(s_file.AsSpan(offset));

    private static uint BigEndian(int offset) => BinaryPrimitives.ReadUInt32BigEndian(s_file.AsSpan(offset));
}
