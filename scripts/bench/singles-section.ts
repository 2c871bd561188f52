import { join } from 'node:path';
import { measureIn } from './bench-context.ts';
import { listeningAt, startExporter, stopServer } from './exporter-process.ts';
import type { PostSinglesInput, PostSinglesResult } from './post-singles.ts';
import { count } from './report.ts';
import type { Section } from './section.ts';
import { median } from './statistics.ts';

const RATE_TARGET = 0.5;

/** One event a request at 64 connections, in turns with the plainest express handler. */
export const singlesSection: Section = {
  name: 'singles',
  title: 'Single-event posts',
  async run(context) {
    const exporter = await startExporter(context, { dataDir: `${context.dir}/singles` });
    const child = context.children.start('express', process.execPath, [
      join(import.meta.dirname, 'serve-express.ts'),
    ]);
    const express = { child, url: await listeningAt(child, /address=(\S+)/) };
    const port = (url: string) => Number(new URL(url).port);
    context.progress.show('singles: posting');
    const input: PostSinglesInput = {
      targets: [
        { name: 'ours', port: port(exporter.url) },
        { name: 'express', port: port(express.url) },
      ],
      connections: 64,
      windowMs: context.quick ? 1000 : 2500,
      rounds: context.quick ? 3 : 7,
    };
    const { ours = [], express: plain = [] } = await measureIn<PostSinglesResult>(
      context,
      'post-singles.ts',
      input,
    );
    await Promise.all([stopServer(exporter), stopServer(express)]);
    const ratio = median(ours.map((rate, round) => rate / plain[round]!));
    return [
      {
        measure: 'single-event posts, 64 connections',
        ours: `${count(median(ours))}/s`,
        against: `express, parse and 204: ${count(median(plain))}/s`,
        ratio: `${ratio.toFixed(2)}×`,
        target: '≥ 0.50×',
        met: ratio >= RATE_TARGET,
      },
    ];
  },
};
